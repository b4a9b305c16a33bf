"""Names for sample people, as they are written where they come from, each with an ASCII spelling for the address."""

import random
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

_LETTERS = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "ß": "ss",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
        "ı": "i",
        "ə": "e",
        "ŋ": "ng",
        "ħ": "h",
    }
)


@dataclass(frozen=True)
class Person:
    """A name as it is written, and the address's part before the @ (ASCII, unique within one run of `people`)."""

    full_name: str
    address: str


@dataclass(frozen=True)
class _Group:
    """Given and family names that go together, as (written, ASCII) pairs; `weight` is the group's share."""

    weight: int
    given: tuple[tuple[str, str], ...]
    family: tuple[tuple[str, str], ...]
    family_first: bool = False
    between: str = " "
    second_given: bool = False


def ascii_name(written: str) -> str:
    """The letters of a Latin name without marks, in lower case: `Łukasz` gives `lukasz`."""
    plain = unicodedata.normalize("NFKD", written.lower().translate(_LETTERS))
    return re.sub(r"[^a-z]", "", plain)


def _latin(names: str) -> tuple[tuple[str, str], ...]:
    return tuple((name.replace("_", " "), ascii_name(name)) for name in names.split())


def _other(names: str) -> tuple[tuple[str, str], ...]:
    pairs = (entry.rsplit("/", 1) for entry in names.split())
    return tuple((written.replace("_", " "), plain) for written, plain in pairs)


_GROUPS = (
    _Group(  # Western Europe and the Americas
        26,
        _latin(
            "Amélie Anaïs André Ângela Antônio Béatrice Camille Charlotte Chloé Clément Daniel Eloïse Emma Ève "
            "Félix François Gaël Grace Hannah Héctor Inês Isabel James Javier Jesús João Joaquín José Léa Liam "
            "Lucía Manuel Margaux María Martín Mónica Noël Núria Olivia Óscar Patrícia Raúl René Rocío Ruth "
            "Sebastián Siobhán Sofía Thaís Théo Thomas Valentina Víctor William Zoë"
        ),
        _latin(
            "Almeida Álvarez Araújo Baptiste Beaumont Bélanger Brown Castañeda Côté Da_Conceição D'Angelo "
            "De_la_Cruz Delacroix Dubois Échevarría Fernández Figueirêdo García Gonçalves Guimarães Ibáñez "
            "Johnson Lefèvre López MacDonald Magalhães Martínez McGrath Muñoz Nic_an_tSaoir Núñez O'Connor "
            "Ó_Briain Peña Poirier Quintana Ramírez Rodríguez Saint-Exupéry Sánchez Silva Smith Soulé Taylor "
            "Thibault Ureña Vásquez Walker Yáñez"
        ),
        second_given=True,
    ),
    _Group(  # Germany, the Nordic countries, Iceland
        14,
        _latin(
            "Åsa Anneliese Astrid Björn Bärbel Dörte Elín Freyja Gösta Günther Håkon Ingrid Jörg Jürgen Kåre "
            "Käthe Lærke Linnéa Magnús Märta Niels Øyvind Pål Ragnheiður Rüdiger Sigríður Søren Sölve Tómas "
            "Torbjørn Ulrike Väinö Åke Þórunn"
        ),
        _latin(
            "Ångström Bjørnstad Blåkläder Böhm Dahlström Fröhlich Großmann Guðmundsdóttir Gustafsson Hämäläinen "
            "Højgaard Jóhannesson Kjærgård Köhler Lindqvist Mäkinen Müller Nørgaard Ødegård Ólafsdóttir "
            "Rasmussen Schröder Sjöberg Sørensen Strauß Töpfer Virtanen Weiß Þorsteinsson"
        ),
    ),
    _Group(  # Central Europe, the Baltic countries, Turkey, Romania
        14,
        _latin(
            "Agnė Ágnes Ayşe Bálint Bożena Břetislav Čeněk Đurđa Eliška Emőke Gábor Gülşen İbrahim Ioana Iveta "
            "Jānis Jiří Kārlis Łukasz Małgorzata Mihai Natálie Ödön Ömer Petr Rūta Sándor Ștefan Şebnem Tomáš "
            "Vytautas Wojciech Zbyněk Žofia Zoltán"
        ),
        _latin(
            "Balčiūnas Bērziņš Błaszczykowski Čapek Çelik Dąbrowski Dvořák Erdoğdu Gârbea Grzegorzewski Hašek "
            "Ionescu Kazlauskas Kovačević Kőszegi Łukasiewicz Müezzinoğlu Nagy Németh Ozoliņš Öztürk Popović "
            "Przybylski Rădulescu Řezníček Sławomirski Șerban Škvorecký Szabó Szczepański Tóth Ünlü Vîlcu "
            "Yıldız Žukauskas"
        ),
    ),
    _Group(  # Africa, the Pacific, South-East Asia in Latin script
        10,
        _latin(
            "Abẹ́ní Adébáyọ̀ Akua Chidinma Chukwuemeka Dewi Efua Emeka Fatoumata Folaṣadé Hōne Ìfẹ́olúwa "
            "Kwabena Kwame Leilani Lindiwe Mpho Ngozi Nomvula Oluwaseun Putri Sefo Siti Thandiwe Tūī Wanjiru "
            "Yaa Zanele"
        ),
        _latin(
            "Abubakar Adéyẹmí Agyeman Boateng Diallo Fakatava Hadiprayitno Kaʻahumanu Kamau Kiprotich Mahlangu "
            "Mabuza Mensah Mutua Nkansah Nwosu Ọ̀ṣọ́bà Okonkwo Ouédraogo Owusu Pōmare Radebe Sithole Suryani "
            "Tāwhiao Traoré Wijaya Zungu"
        ),
    ),
    _Group(  # Vietnam
        4,
        _latin(
            "Anh Bảo Châu Cường Dũng Đức Giang Hạnh Hiếu Hương Khánh Lệ_Quyên Minh_Triết Ngọc Phượng Quỳnh Thảo "
            "Tuấn Vỹ Yến"
        ),
        _latin("Nguyễn_Thị Nguyễn_Văn Trần Lê Phạm Huỳnh Hoàng Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý"),
        family_first=True,
    ),
    _Group(  # Greece
        4,
        _other(
            "Αθηνά/athina Γιώργος/giorgos Δήμητρα/dimitra Ελένη/eleni Ευάγγελος/evangelos Ζωή/zoi Θάνος/thanos "
            "Ιωάννα/ioanna Κωνσταντίνος/konstantinos Μαρία/maria Νίκος/nikos Ξένια/xenia Σπύρος/spyros "
            "Χρήστος/christos"
        ),
        _other(
            "Αγγελόπουλος/angelopoulos Βασιλείου/vasileiou Γεωργίου/georgiou Δημητρίου/dimitriou "
            "Ιωαννίδης/ioannidis Κωστοπούλου/kostopoulou Μακρή/makri Νικολάου/nikolaou Οικονόμου/oikonomou "
            "Παπαδοπούλου/papadopoulou Σταματίου/stamatiou Χατζής/chatzis"
        ),
    ),
    _Group(  # Cyrillic, women
        4,
        _other(
            "Анастасия/anastasia Дарья/darya Екатерина/ekaterina Зоряна/zoriana Ирина/irina Ксения/ksenia "
            "Леся/lesia Людмила/lyudmila Наталия/nataliia Олександра/oleksandra Ольга/olga Светлана/svetlana "
            "Юлія/yuliia"
        ),
        _other(
            "Андреева/andreeva Бондаренко/bondarenko Гончарова/goncharova Іваненко/ivanenko Коваленко/kovalenko "
            "Кузнецова/kuznetsova Петрова/petrova Соколова/sokolova Степаненко/stepanenko Шевченко/shevchenko "
            "Яковлева/yakovleva"
        ),
    ),
    _Group(  # Cyrillic, men
        4,
        _other(
            "Алексей/aleksei Борис/boris Владимир/vladimir Георги/georgi Дмитрий/dmitry Ђорђе/djordje Илья/ilya "
            "Кирилл/kirill Михаил/mikhail Олег/oleg Сергій/serhii Тарас/taras Фёдор/fyodor Юрий/yuri"
        ),
        _other(
            "Богданов/bogdanov Васильев/vasiliev Димитров/dimitrov Жуков/zhukov Иванов/ivanov "
            "Јовановић/jovanovic Лысенко/lysenko Морозов/morozov Обренов/obrenov Попов/popov Семёнов/semyonov "
            "Шульга/shulha Щербаков/shcherbakov"
        ),
    ),
    _Group(  # Arabic
        6,
        _other(
            "أحمد/ahmad آمنة/amina بشرى/bushra جمال/jamal حسن/hasan خديجة/khadija رانيا/rania زياد/ziyad "
            "سلمى/salma طارق/tariq عائشة/aisha عبد_الرحمن/abdulrahman فاطمة/fatima كريم/karim ليلى/layla "
            "محمد/muhammad نور/nour يوسف/yusuf"
        ),
        _other(
            "الأندلسي/alandalusi البغدادي/albaghdadi الحداد/alhaddad الخطيب/alkhatib الزهراني/alzahrani "
            "السوري/alsouri الشريف/alsharif العلوي/alalawi القاضي/alqadi المصري/almasri النجار/alnajjar "
            "بن_علي/benali حمدان/hamdan درويش/darwish"
        ),
    ),
    _Group(  # Hebrew
        3,
        _other(
            "אברהם/avraham אורלי/orly דוד/david חנה/hannah טל/tal יעל/yael לאה/leah משה/moshe נועה/noa "
            "עמית/amit רונית/ronit שירה/shira"
        ),
        _other(
            "אברמוב/abramov ברק/barak גולן/golan הלוי/halevi כהן/cohen לוי/levi מזרחי/mizrahi פרץ/peretz "
            "רוזנברג/rosenberg שפירא/shapira"
        ),
    ),
    _Group(  # Persian
        2,
        _other(
            "آرش/arash پریسا/parisa داریوش/dariush ژاله/zhaleh شیرین/shirin کامران/kamran گلناز/golnaz "
            "مهتاب/mahtab نیما/nima"
        ),
        _other(
            "احمدی/ahmadi تهرانی/tehrani جعفری/jafari رضایی/rezaei شیرازی/shirazi کریمی/karimi گیلانی/gilani "
            "موسوی/mousavi"
        ),
    ),
    _Group(  # Chinese
        6,
        _other(
            "伟/wei 芳/fang 秀英/xiuying 建国/jianguo 小龙/xiaolong 丽华/lihua 思远/siyuan 雨桐/yutong "
            "子涵/zihan 俊杰/junjie 欣怡/xinyi 志強/zhiqiang 美玲/meiling 婉婷/wanting 一鸣/yiming 淑芬/shufen"
        ),
        _other(
            "王/wang 李/li 張/zhang 刘/liu 陈/chen 楊/yang 黄/huang 赵/zhao 吳/wu 周/zhou 徐/xu 孙/sun "
            "欧阳/ouyang 司徒/situ 諸葛/zhuge"
        ),
        family_first=True,
        between="",
    ),
    _Group(  # Japanese
        5,
        _other(
            "さくら/sakura 健太/kenta 美咲/misaki 翔/sho 陽子/yoko 大輔/daisuke 結衣/yui ケンジ/kenji "
            "直樹/naoki 千尋/chihiro 悠真/yuma 凛/rin 恵/megumi 一郎/ichiro"
        ),
        _other(
            "佐藤/sato 鈴木/suzuki 高橋/takahashi 田中/tanaka 渡辺/watanabe 伊藤/ito 山本/yamamoto "
            "中村/nakamura 小林/kobayashi 加藤/kato 齋藤/saito 五十嵐/igarashi 髙田/takada"
        ),
        family_first=True,
    ),
    _Group(  # Korean
        4,
        _other(
            "민준/minjun 서연/seoyeon 지훈/jihun 수빈/subin 하은/haeun 현우/hyunwoo 예진/yejin 도윤/doyun "
            "은지/eunji 영숙/youngsook 태양/taeyang 소라/sora"
        ),
        _other("김/kim 이/lee 박/park 최/choi 정/jung 강/kang 조/cho 윤/yoon 장/jang 임/lim 남궁/namgung 황보/hwangbo"),
        family_first=True,
        between="",
    ),
    _Group(  # Devanagari
        5,
        _other(
            "अर्जुन/arjun अनन्या/ananya दीपक/deepak इशा/isha कविता/kavita कृष्ण/krishna लक्ष्मी/lakshmi "
            "मीरा/meera प्रिया/priya राहुल/rahul रोहन/rohan श्रेया/shreya सुनीता/sunita विक्रम/vikram"
        ),
        _other(
            "अग्रवाल/agrawal चौधरी/chaudhary गुप्ता/gupta जोशी/joshi खन्ना/khanna मिश्रा/mishra पटेल/patel "
            "राठौड़/rathore शर्मा/sharma श्रेष्ठ/shrestha सिंह/singh त्रिपाठी/tripathi वर्मा/verma"
        ),
    ),
    _Group(  # Thai
        3,
        _other(
            "กมลชนก/kamonchanok ชัยวัฒน์/chaiwat ณัฐพล/nattapon ธิดารัตน์/thidarat ปิยะ/piya พิมพ์ใจ/pimjai "
            "วรรณา/wanna ศิริพร/siriporn สมชาย/somchai อรุณี/arunee"
        ),
        _other(
            "แก้วมณี/kaewmanee จันทร์เพ็ญ/chanpen ชินวงศ์/chinnawong ทองดี/thongdee บุญมี/boonmee "
            "พงษ์ไพบูลย์/phongphaibun ศรีสุข/srisuk สุวรรณรัตน์/suwannarat อินทร์แก้ว/inkaew"
        ),
    ),
    _Group(  # Bengali, Tamil
        2,
        _other("অনিক/anik তাসনিম/tasnim নুসরাত/nusrat রফিক/rafiq শর্মিলা/sharmila সৌরভ/sourav"),
        _other("আহমেদ/ahmed চক্রবর্তী/chakraborty দাশগুপ্ত/dasgupta মুখোপাধ্যায়/mukhopadhyay রহমান/rahman হোসেন/hossain"),
    ),
    _Group(
        2,
        _other("அருண்/arun கார்த்திக்/karthik தமிழ்ச்செல்வி/tamilselvi நந்தினி/nandhini மாலதி/malathi விஜய்/vijay"),
        _other("இராமசாமி/ramasamy கணேசன்/ganesan சுப்பிரமணியம்/subramaniam பாலகிருஷ்ணன்/balakrishnan முருகன்/murugan"),
    ),
    _Group(  # Armenian, Georgian
        1,
        _other("Անահիտ/anahit Արամ/aram Գայանե/gayane Հայկ/hayk Նարինե/narine Տիգրան/tigran"),
        _other("Գրիգորյան/grigoryan Հակոբյան/hakobyan Պետրոսյան/petrosyan Սարգսյան/sargsyan Քոչարյան/kocharyan"),
    ),
    _Group(
        1,
        _other("გიორგი/giorgi ეკატერინე/ekaterine თამარ/tamar ლევან/levan ნინო/nino ქეთევან/ketevan"),
        _other("ბერიძე/beridze გელაშვილი/gelashvili კვარაცხელია/kvaratskhelia მაისურაძე/maisuradze ჩიქოვანი/chikovani"),
    ),
    _Group(  # Amharic
        1,
        _other("ሰላም/selam ብርሃኑ/birhanu ትዕግስት/tigist አበበ/abebe ዮሐንስ/yohannes ፍቅርተ/fikirte"),
        _other("ከበደ/kebede ወልደማርያም/woldemariam ገብረ_መስቀል/gebremeskel ተስፋዬ/tesfaye አለሙ/alemu"),
    ),
)

_ODD = (
    Person("Sukarno", "sukarno"),
    Person("Wijesundara Mudiyanselage Dilhani Chandrika Kumari Weerasinghe", "dilhani.weerasinghe"),
    Person("Jean-Baptiste Ó Súilleabháin-D’Écluse", "jb.osuilleabhain"),
    Person("Björk", "bjork"),
    Person("Nguyễn Phúc Ánh Nguyệt Minh Châu", "anhnguyet.nguyen"),
    Person("María del Carmen Fernández de la Vega y Álvarez-Ossorio", "mcarmen.fernandezdelavega"),
    Person("محمد بن عبد الله الهاشمي", "m.alhashimi"),
    Person("X Æ Þ Ðærk", "xae.daerk"),
)
"""Names that break what takes every name for a given and a family name."""


def people(rng: random.Random) -> Iterator[Person]:
    """Sample people without end; the same generator gives the same people, and a longer run begins like a shorter one.

    Every address is given once: a second Maria Silva is `maria.silva2`.
    """
    weights = [group.weight for group in _GROUPS]
    taken: dict[str, int] = {}
    number = 0
    while True:
        number += 1
        if number % 17 == 0 and number // 17 <= len(_ODD):
            person = _ODD[number // 17 - 1]
        else:
            person = _person(rng, rng.choices(_GROUPS, weights)[0])
        count = taken.get(person.address, 0) + 1
        taken[person.address] = count
        yield person if count == 1 else Person(person.full_name, f"{person.address}{count}")


def _person(rng: random.Random, group: _Group) -> Person:
    given, plain_given = rng.choice(group.given)
    family, plain_family = rng.choice(group.family)
    if group.second_given and rng.random() < 0.3:
        given = f"{given} {rng.choice(group.given)[0]}"
    parts = (family, given) if group.family_first else (given, family)
    return Person(group.between.join(parts), f"{plain_given}.{plain_family}")
