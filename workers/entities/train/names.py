"""Makes data/names.txt.gz: given names with their gender and family names of many countries, from Faker (MIT) and the short lists here.

Run: `python -m workers.entities.train.names`. Cyrillic names also come romanised (BGN/PCGN, simplified).
"""

import gzip
import importlib
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

__all__ = ["LOCALES", "WORLD", "build", "family_names", "given_names", "main", "romanise"]

#: Faker's locales that we take names from, and how often newswire in English names people of that part of the world (our estimate).
LOCALES = {
    "en_US": 10, "en_GB": 8, "en_IE": 2, "en_NZ": 1, "en_IN": 3, "en_KE": 1, "en_NG": 1, "en_PK": 2, "de_DE": 3, "de_AT": 1, "de_CH": 1,
    "fr_FR": 3, "fr_CA": 1, "fr_DZ": 1, "es_ES": 3, "es_MX": 2, "es_AR": 1, "es_CO": 1, "es_CL": 1, "it_IT": 3, "pt_BR": 2, "pt_PT": 1,
    "nl_NL": 2, "nl_BE": 1, "sv_SE": 2, "no_NO": 1, "da_DK": 1, "fi_FI": 1, "is_IS": 0, "et_EE": 1, "lt_LT": 1, "lv_LV": 1, "pl_PL": 2,
    "cs_CZ": 2, "sk_SK": 1, "hu_HU": 1, "ro_RO": 1, "hr_HR": 2, "sl_SI": 1, "az_AZ": 1, "tr_TR": 2, "id_ID": 1, "vi_VN": 1, "yo_NG": 1,
    "ha_NG": 1, "ig_NG": 1, "zu_ZA": 1, "tw_GH": 1, "ru_RU": 4, "uk_UA": 2, "bg_BG": 1, "mk_MK": 0, "ar_AA": 0, "ar_SA": 0, "ar_PS": 0,
    "uz_UZ": 0,
}  # fmt: skip

#: Names that Faker has in no Latin spelling: (weight, men, women, family names). General knowledge.
WORLD: dict[str, tuple[int, str, str, str]] = {
    "arab": (6, "Ahmad Ahmed Mohammed Muhammad Mohamed Mohammad Mahmoud Hassan Hussein Ali Omar Khaled Khalid Abdullah Abdallah Ibrahim Ismail Yusuf Youssef Yasser Tariq Tarek Hamid Hamad Saeed Said Salah Saleh Salman Samir Sami Nasser Nabil Mustafa Moussa Musa Marwan Karim Jamal Gamal Faisal Fahd Fouad Farouk Bashar Bilal Adel Adnan Anwar Ayman Amr Amin Abbas Haider Hadi Ghassan Imad Issam Jaber Kamal Maher Majid Mansour Mazen Mohsen Moqtada Munir Muqtada Mutaz Naji Nouri Osama Qassem Qasim Rafiq Rashid Riad Riyad Saad Saddam Sabah Sadiq Saif Taha Talal Tawfiq Usama Wael Walid Yahya Zaid Ziad Zuhair Asaad Murhaf Izzat Barham Jalal Massoud Nechirvan Fuad Ayad Hoshyar Rached Moncef Beji Abdelaziz Abdelfattah Abdel",
             "Fatima Aisha Amina Zainab Khadija Leila Layla Mariam Maryam Nadia Noor Noura Rania Salma Samira Sara Yasmin Zeinab Hanan Huda Asma Dalia Farah Ghada Hala Hind Iman Jamila Lina Lubna Maha Mona Nawal Rana Reem Rima Sahar Suha Widad",
             "al-Assad al-Sharaa al-Shaibani al-Maliki al-Abadi al-Sadr al-Sistani al-Baghdadi al-Zarqawi al-Zawahiri al-Hakim al-Jaafari al-Hashimi al-Kadhimi al-Sudani al-Halbousi al-Sisi al-Bashir al-Thani al-Sabah al-Saud al-Khalifa al-Maktoum al-Nahyan al-Jubeir al-Faisal al-Moallem al-Muallem al-Golani al-Julani al-Masri al-Hariri al-Hussein al-Ahmad al-Khatib al-Rubaie al-Dulaimi al-Jubouri al-Tikriti al-Douri al-Majid al-Obeidi al-Shammari al-Otaibi al-Qahtani al-Ghamdi al-Zahrani al-Harbi al-Houthi Saleh Hadi Mansour Hassan Hussein Haniyeh Meshaal Mashal Abbas Arafat Fayyad Qurei Erekat Dahlan Barghouti Nasrallah Berri Hariri Siniora Mikati Aoun Geagea Jumblatt Lahoud Suleiman Gemayel Mubarak Morsi Sadat Nasser Moussa Shafik ElBaradei Ghali Gaddafi Gadhafi Qaddafi Haftar Serraj Jibril Bouteflika Tebboune Benflis Ouyahia Zeroual Ben-Ali Essebsi Marzouki Ghannouchi Benkirane Khatib Tantawi Amer Hamdan Hamdok Burhan Daglo Talabani Barzani Zebari Salih Allawi Chalabi Alwan Tlass Khaddam Shukri Kanaan Makhlouf Khalil Darwish Haddad Khoury Nasser Qasim Rahman Yassin Zahar Rantissi"),
    "iran": (2, "Mahmoud Mohammad Ali Hassan Hossein Reza Mehdi Akbar Ahmad Javad Abbas Amir Saeed Mohsen Mir-Hossein Kamal Manouchehr Ebrahim Esmail Qasem Bahram Darius Kourosh Behrouz Gholam Hashemi Parviz Siamak Farhad Kaveh Masoud", "Shirin Neda Parisa Maryam Fatemeh Zahra Leila Nasrin Narges Soraya Farah Azar Mina",
             "Ahmadinejad Khamenei Khomeini Khatami Rouhani Rafsanjani Mousavi Karroubi Larijani Zarif Salehi Velayati Kharazi Mottaki Jalili Raisi Pezeshkian Araghchi Soleimani Shamkhani Jafari Vahidi Ebadi Ghalibaf Rezaei Baqeri Baghaei Pahlavi Mossadegh Bakhtiar Hosseini Karimi Tehrani Shirazi Esfahani Moghaddam Sadeghi Nouri Azizi Daei Bagheri Mahdavikia Amini"),
    "israel": (2, "Benjamin Ehud Shimon Yitzhak Ariel Moshe Avigdor Yair Naftali Benny Gabi Dan Shaul Yossi Amir Amos Uzi Ezer Menachem Golda Natan Eli Haim Chaim Yoav Gadi Aviv Itamar Bezalel Isaac Reuven Avi Danny Gideon Ron Zeev Yaakov Ofer Eyal Nir", "Tzipi Ayelet Limor Dalia Miri Shelly Yael Noa Orna Tamar Rivka Golda Merav Gila",
             "Netanyahu Barak Peres Rabin Sharon Olmert Livni Lieberman Lapid Bennett Gantz Ashkenazi Meridor Mofaz Beilin Ayalon Oz Dayan Weizman Begin Meir Sharansky Yishai Ramon Gallant Eisenkot Ben-Gvir Smotrich Herzog Rivlin Levy Cohen Mizrahi Peretz Katz Shalom Regev Ya'alon Halevi Friedman Goldstein Shapira Rosenberg Ben-Eliezer Ben-Ami Gold Bar-On"),
    "china": (4, "Jianguo Wei Jun Hao Lei Ming Qiang Tao Xiaoping Jintao Zemin Jinping Keqiang Jiabao Rongji Peng Qichen Enlai Zedong Dejiang Qishan Xilai Yongkang Guangcheng Weiwei Xiaobo Dan Xiaoming Hui Jing Ting Xin Yong Zhiqiang Jianmin Changxing Yi Jiechi Zhaoxing Xuesen Guofeng Shaoqi Ziyang Yaobang Ping Long Yao Xiang Liang", "Na Li Mei Fang Yan Xia Jun Hong Lan Ying Xiuying Yifei Ailing Yani Jingjing Wenjing Xiaotong",
             "Wang Li Zhang Liu Chen Yang Zhao Huang Zhou Wu Xu Sun Hu Zhu Gao Lin He Guo Ma Luo Liang Song Zheng Xie Han Tang Feng Yu Dong Xiao Cheng Cao Yuan Deng Fu Shen Zeng Peng Lu Su Jiang Cai Jia Ding Wei Xue Ye Yan Pan Du Dai Xia Zhong Tian Ren Fan Fang Shi Yao Tan Liao Zou Xiong Jin Hao Kong Bai Cui Kang Mao Qiu Qin Gu Hou Shao Meng Wan Duan Lei Qian Tang Yin Yi Chang Wu Qiao Lai Gong Wen Xi Bo Ai"),
    "korea": (3, "Il-sung Jong-il Jong-un Dae-jung Young-sam Moo-hyun Myung-bak Tae-woo Doo-hwan Jae-in Suk-yeol Ki-moon Ji-sung Chul-soo Jong-pil Hoi-chang Young-ho Min-ho Sung-ho Jae-yong Kun-hee Mong-joon Seung-min Dong-won Chang-ho Heung-min Ki-hyeon Sang-cheol Sun-hong Yong-nam Yo-jong Jang-yop Kye-gwan Won-soon Se-hoon", "Geun-hye Yuna Myeong-sook Young-ae Seri Ji-young Su-jin Hye-jin Eun-hye Kyung-wha Sol-ju",
             "Kim Lee Park Choi Jung Kang Cho Yoon Jang Lim Han Oh Seo Shin Kwon Hwang Ahn Song Ryu Hong Moon Ban Roh Chun Paek Ri Pak Hyun Ha Son Cha Ko Yang Bae Huh Nam Sim"),
    "japan": (3, "Junichiro Shinzo Yoshihide Fumio Shigeru Taro Yukio Naoto Yoshihiko Yasuo Yoshiro Keizo Ryutaro Tomiichi Ichiro Hideo Hideki Kazuo Takeshi Kenji Hiroshi Akira Satoshi Makoto Masahiro Koji Toshihiro Noboru Kiichi Seiji Koichi Kazuyoshi Hidetoshi Shinji Shunsuke Yoichi Shoichi Nobuo Tadashi Sadako Carlos", "Naomi Yoko Makiko Sadako Kimiko Yuriko Masako Michiko Aiko Akiko Ai Mao Miki Rie Kyoko Naoko Sanae",
             "Koizumi Abe Suga Kishida Ishiba Aso Hatoyama Kan Noda Fukuda Mori Obuchi Hashimoto Murayama Suzuki Tanaka Sato Watanabe Ito Yamamoto Nakamura Kobayashi Kato Yoshida Yamada Sasaki Yamaguchi Matsumoto Inoue Kimura Hayashi Shimizu Saito Ikeda Abe Ogawa Ishikawa Goto Okada Hasegawa Maeda Fujita Ono Nishimura Miura Fujiwara Okamoto Nakajima Nakata Takahashi Nomo Matsui Ozawa Kanemaru Kono Ogata Ikeda Date Sugiyama Okano Miyazawa Hosokawa Takeshita Nakasone Uno Kaifu Hata Kajiyama Kubo Yamasaki Takemura Takizawa Kuroda Ueda"),
    "russia": (5, "Vladimir Boris Mikhail Dmitry Dmitri Sergei Sergey Alexander Aleksandr Alexei Aleksei Andrei Andrey Anatoly Viktor Victor Yevgeny Evgeny Gennady Grigory Igor Ivan Konstantin Leonid Nikolai Nikita Oleg Pavel Pyotr Ruslan Shamil Aslan Ramzan Stanislav Valery Vasily Viacheslav Vyacheslav Vitaly Vladislav Yegor Yuri Yury Roman Maxim Denis Anton Artyom Kirill Marat Yevgeni Arkady Eduard Lev Semyon Timur Zelimkhan Dzhokhar Volodymyr Viktor Petro Leonid Oleksandr Serhiy Andriy Pavlo Vitali Oleksiy Dmytro Mykola Yuriy Arseniy Denys Valeriy Kyrylo Alexander Nursultan Islam Emomali Heydar Ilham Eduard Mikheil Levon Robert Serzh Nikol Zviad", "Anna Natalia Natalya Olga Tatyana Tatiana Irina Svetlana Yelena Elena Maria Ekaterina Yekaterina Galina Valentina Ludmila Lyudmila Lyubov Larisa Marina Nina Raisa Yulia Julia Oksana Dinara Anastasia Alina Ksenia Darya Yevgenia Margarita Tamara",
               "Putin Yeltsin Gorbachev Medvedev Lavrov Primakov Chernomyrdin Lebed Zyuganov Zhirinovsky Yavlinsky Chubais Nemtsov Gaidar Kiriyenko Stepashin Kasyanov Fradkov Zubkov Mishustin Shoigu Belousov Peskov Zakharova Ryabkov Nebenzya Churkin Ivanov Kudrin Sechin Miller Bortnikov Patrushev Rogozin Kozyrev Rodionov Grachev Kulikov Ilyukhin Seleznyov Rybkin Dudayev Maskhadov Basayev Kadyrov Raduyev Udugov Yandarbiyev Khodorkovsky Berezovsky Gusinsky Abramovich Deripaska Potanin Navalny Kasparov Politkovskaya Litvinenko Lugovoi Prigozhin Gerasimov Surovikin Kuznetsov Popov Sokolov Lebedev Kozlov Novikov Morozov Petrov Volkov Solovyov Vasilyev Zaitsev Pavlov Semyonov Golubev Vinogradov Bogdanov Vorobyov Fyodorov Mikhailov Belyaev Tarasov Belov Komarov Orlov Kiselyov Makarov Andreev Kovalev Ilyin Gusev Titov Kuzmin Kudryavtsev Baranov Kulikov Alekseev Stepanov Yakovlev Sorokin Sergeyev Romanov Zakharov Borisov Korolev Gerasimov Ponomarev Grigoriev Kafelnikov Chesnokov Karpov Fedorov Bure Mogilny Larionov Fetisov Zelensky Zelenskyy Poroshenko Yanukovych Yushchenko Tymoshenko Kuchma Kravchuk Klitschko Yatsenyuk Kuleba Zaluzhny Syrskyi Shevchenko Kovalenko Bondarenko Tkachenko Kravchenko Oliynyk Lysenko Marchenko Lukashenko Nazarbayev Tokayev Karimov Mirziyoyev Rakhmon Rahmon Niyazov Akayev Aliyev Shevardnadze Saakashvili Kocharyan Sargsyan Pashinyan Gamsakhurdia Ter-Petrosyan"),
    "balkans": (2, "Slobodan Radovan Ratko Franjo Alija Milan Vojislav Zoran Boris Ivica Stjepan Haris Biljana Momcilo Zivko Hashim Ibrahim Sali Edi Ramiz Kiro Branko Vuk Aleksandar Goran Dejan Dragan Davor Zvonimir Robert Slaven Predrag Darko Nenad Mladen Bojan", "Biljana Mirjana Vesna Jelena Monica Ana Ivana Jadranka Kolinda",
                "Milosevic Karadzic Mladic Tudjman Izetbegovic Kostunica Djindjic Tadic Vucic Dacic Mesic Silajdzic Plavsic Krajisnik Zubak Thaci Rugova Berisha Rama Alia Gligorov Draskovic Panic Babic Martic Granic Sanader Milanovic Plenkovic Dodik Bildt Ivanisevic Divac Suker Boban Prosinecki Savicevic Mijatovic Stojkovic Jugovic Djokovic Ivanovic Jankovic Petrovic Jovanovic Nikolic Markovic Stankovic Ilic Pavlovic Kovacevic Simic"),
    "south_asia": (3, "Atal Rajiv Sonia Rahul Manmohan Narendra Amit Lal Inder Deve Narasimha Pervez Nawaz Shahbaz Imran Asif Yousaf Zulfikar Farooq Hamid Abdul Sheikh Khaleda Ziaur Mahinda Gotabaya Ranil Velupillai Chandrika Maithripala Girija Sachin Sourav Anil Kapil Sunil Wasim Waqar Inzamam Shahid Saeed Ijaz Moin Mushtaq Aravinda Sanath Arjuna Muttiah Hashan Chaminda Virat Vikram Sanjay Rajesh Suresh Ashok Arun Ramesh Mullah Hamid Ashraf Gulbuddin Burhanuddin", "Benazir Indira Sonia Sheikh Khaleda Mamata Jayalalithaa Mayawati Sushma Pratibha Priyanka Malala Asma Hina Nirmala Smriti Kiran Arundhati",
                   "Gandhi Nehru Singh Modi Vajpayee Advani Shah Yadav Gowda Rao Gujral Patil Mukherjee Chidambaram Kejriwal Banerjee Kumar Sharma Gupta Patel Reddy Nair Menon Iyer Joshi Mehta Desai Kapoor Khan Bhutto Sharif Zardari Musharraf Gilani Leghari Khan Bugti Qureshi Malik Chaudhry Iqbal Hussain Ahmed Rahman Hasina Zia Ershad Wajed Rajapaksa Wickremesinghe Kumaratunga Prabhakaran Sirisena Bandaranaike Jayasuriya Ranatunga Muralitharan Mahanama Vaas Tendulkar Ganguly Dravid Azharuddin Kumble Srinath Akram Younis Anwar Sohail Afridi Karzai Ghani Hekmatyar Rabbani Massoud Dostum Omar Koirala Prachanda Deuba Oli"),
    "africa": (3, "Nelson Thabo Jacob Cyril Robert Morgan Kenneth Frederick Daniel Mwai Raila Uhuru William Yoweri Paul Pierre Laurent Joseph Mobutu Etienne Jonas Jose Joaquim Armando Julius Benjamin Jerry John Olusegun Sani Goodluck Muhammadu Umaru Bola Meles Haile Isaias Abiy Kofi Blaise Charles Ellen Foday Ahmad Idriss Omar Salva Riek Denis Omar Abdou Abdoulaye Macky Alassane Henri Felix Gnassingbe Yahya Robert Emmanuel Didier Samuel Kipchoge Moses Haile Kenenisa Noureddine Hicham Frankie Paulo Teodoro", "Winnie Graca Ellen Joyce Wangari Chimamanda Folorunso Tirunesh Derartu Caster Maria Grace Simone",
               "Mandela Mbeki Zuma Ramaphosa Tutu Buthelezi Sisulu Malema Mugabe Tsvangirai Nkomo Kaunda Chiluba Moi Kibaki Odinga Kenyatta Ruto Museveni Obote Besigye Kagame Bizimungu Buyoya Nkurunziza Kabila Tshisekedi Mobutu Lumumba Savimbi Dos-Santos Chissano Guebuza Nyerere Mkapa Rawlings Kufuor Mahama Obasanjo Abacha Jonathan Buhari Tinubu Abiola Saro-Wiwa Soyinka Zenawi Selassie Afwerki Ahmed Annan Compaore Sankara Taylor Sirleaf Sankoh Koroma Kabbah Conte Conde Sall Wade Diouf Ouattara Gbagbo Bedie Houphouet-Boigny Eyadema Jammeh Barrow Biya Eto'o Drogba Weah Okocha Kanu Amokachi Kipketer Kiptanui Tergat Komen Ngugi Gebrselassie Bekele Tulu Keino Boniface Okonkwo Adeyemi Mensah Owusu Boateng Diallo Traore Coulibaly Keita Ndiaye Diop Toure Kone"),
    "se_asia": (2, "Suharto Megawati Abdurrahman Susilo Joko Prabowo Mahathir Anwar Najib Abdullah Goh Lee Fidel Joseph Gloria Benigno Rodrigo Ferdinand Corazon Chuan Thaksin Abhisit Banharn Chavalit Prayuth Hun Norodom Sam Vo Nguyen Le Do Ho Aung Than Khin Ne Xanana Jose Min", "Megawati Corazon Gloria Imelda Yingluck Aung Suu Leila Maria Wan",
                "Suharto Sukarnoputri Wahid Yudhoyono Widodo Subianto Habibie Mahathir Mohamad Ibrahim Razak Badawi Goh Yew Ramos Estrada Arroyo Aquino Duterte Marcos Misuari Leekpai Shinawatra Vejjajiva Silpa-archa Yongchaiyudh Sen Sihanouk Ranariddh Rainsy Kiet Dung Muoi Minh Giap Phuc Suu-Kyi Shwe Nyunt Win Gusmao Ramos-Horta Hlaing Santoso Wijaya Hidayat Wirajuda"),
}  # fmt: skip

_CYRILLIC = dict(zip("абвгдезийклмнопрстуфыэіїґєјљњћџђѓќѕ", ("a", "b", "v", "g", "d", "e", "z", "i", "y", "k", "l", "m", "n", "o", "p", "r", "s", "t", "u", "f", "y", "e", "i", "yi", "g", "ye", "j", "lj", "nj", "c", "dz", "dj", "g", "k", "dz"), strict=True)) | {
    "ё": "yo", "ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ь": "", "ю": "yu", "я": "ya",
}  # fmt: skip
_OUT = Path(__file__).parent.parent / "data" / "names.txt.gz"


def romanise(name: str) -> str:
    """Cyrillic in Latin letters; other letters stay."""
    plain = "".join(_CYRILLIC.get(letter, letter) for letter in name.lower())
    return plain.title() if name[:1].isupper() else plain


def _provider(locale: str) -> Any:
    return importlib.import_module(f"faker.providers.person.{locale}").Provider


def _listed(provider: Any, *attributes: str) -> list[str]:
    found: list[str] = []
    for attribute in attributes:
        names: Iterable[str] = getattr(provider, attribute, ())
        found += [name for name in names if isinstance(name, str)]
    return [name for name in dict.fromkeys(found) if 1 < len(name) < 30 and not any(c.isdigit() for c in name)]


def given_names(locale: str) -> tuple[list[str], list[str]]:
    """(men's, women's) given names of a Faker locale or one of ours."""
    if locale in WORLD:
        return WORLD[locale][1].split(), WORLD[locale][2].split()
    provider = _provider(locale)
    men, women = _listed(provider, "first_names_male"), _listed(provider, "first_names_female")
    if not men and not women:
        both = _listed(provider, "first_names", "first_romanized_names")
        return both, both
    return [romanise(name) for name in men], [romanise(name) for name in women]


def family_names(locale: str) -> list[str]:
    """Family names of a Faker locale or one of ours."""
    if locale in WORLD:
        return WORLD[locale][3].split()
    names = _listed(_provider(locale), "last_names", "last_names_male", "last_names_female", "last_romanized_names")
    return [romanise(name) for name in names]


def build() -> dict[str, set[str]]:
    """Lower-case words of names to their marks: m and f for given names, s for family names."""
    marks: dict[str, set[str]] = defaultdict(set)
    for locale in [*LOCALES, *WORLD]:
        men, women = given_names(locale)
        for mark, names in (("m", men), ("f", women), ("s", family_names(locale))):
            for name in names:
                for word in {name, *name.replace("-", " ").split()}:
                    if len(word) > 1 and " " not in word:
                        marks[word.lower()].add(mark)
    for locale in ("ru_RU", "uk_UA", "ar_AA", "ar_SA", "ar_PS", "bg_BG"):
        provider = _provider(locale)
        for mark, attributes in (("m", ("first_names_male",)), ("f", ("first_names_female",)),
                                 ("s", ("last_names", "last_names_male", "last_names_female"))):  # fmt: skip
            for name in _listed(provider, *attributes):
                marks[name.lower()].add(mark)
    return marks


def main() -> int:
    """Write the file."""
    marks = build()
    lines = "".join(f"{name}\t{''.join(sorted(marks[name]))}\n" for name in sorted(marks))
    _OUT.write_bytes(gzip.compress(lines.encode(), 9, mtime=0))
    sys.stderr.write(f"{len(marks)} names, {_OUT.stat().st_size} bytes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
